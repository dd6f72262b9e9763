<?php

$MESS['EMIAS_APPOINTMENT_NAME'] = 'Запись на приём';
$MESS['EMIAS_APPOINTMENT_DESCRIPTION'] = 'Выбор врача и времени, форма пациента, талон, поиск и отмена записи';
$MESS['EMIAS_APPOINTMENT_FOLDER'] = 'Запись через ЕМИАС';
