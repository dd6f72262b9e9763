<?php

$MESS['EMIAS_DOCTOR_SLOTS_NAME'] = 'Ближайшее время врача';
$MESS['EMIAS_DOCTOR_SLOTS_DESCRIPTION'] = 'Ближайшее свободное время на странице врача со ссылкой на запись';
$MESS['EMIAS_DOCTOR_SLOTS_FOLDER'] = 'Запись через ЕМИАС';
