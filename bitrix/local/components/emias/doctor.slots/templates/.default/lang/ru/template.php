<?php

$MESS['EMIAS_DOCTOR_SLOTS_TITLE'] = 'Ближайшее свободное время';
$MESS['EMIAS_DOCTOR_SLOTS_TO_BOOKING'] = 'Записаться на приём';
$MESS['EMIAS_DOCTOR_SLOTS_NO_FREE'] = 'В ближайшие дни свободного времени нет.';
$MESS['EMIAS_DOCTOR_SLOTS_UNAVAILABLE'] = 'Свободное время сейчас узнать нельзя.';
$MESS['EMIAS_DOCTOR_SLOTS_DEGRADED'] = 'По данным на #MOMENT#; записаться на сайте сейчас нельзя.';
