<?php

$MESS['EMIAS_DOCTOR_SLOTS_PARAM_DOCTOR_ID'] = 'ID врача (элемента инфоблока)';
$MESS['EMIAS_DOCTOR_SLOTS_PARAM_BOOKING_URL'] = 'Страница с компонентом записи';
$MESS['EMIAS_DOCTOR_SLOTS_PARAM_COUNT'] = 'Сколько времён показывать';
