<?php

$MESS['EMIAS_APPOINTMENT_PARAM_PHONE'] = 'Телефон регистратуры';
$MESS['EMIAS_APPOINTMENT_PARAM_PORTAL_URL'] = 'Адрес государственного портала записи';
$MESS['EMIAS_APPOINTMENT_PARAM_CONSENT_URL'] = 'Страница с согласием на обработку персональных данных';
$MESS['EMIAS_APPOINTMENT_PARAM_HORIZON_DAYS'] = 'На сколько дней вперёд показывать время (до 60)';
$MESS['EMIAS_APPOINTMENT_PARAM_DOCTOR_ID'] = 'ID врача (если страница одного врача)';
$MESS['EMIAS_APPOINTMENT_PARAM_SHOW_FIND'] = 'Показывать поиск и отмену записи';
