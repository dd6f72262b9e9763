<?php

$MESS['EMIAS_DOCTOR_SLOTS_TITLE'] = 'Nearest free times';
$MESS['EMIAS_DOCTOR_SLOTS_TO_BOOKING'] = 'Book an appointment';
$MESS['EMIAS_DOCTOR_SLOTS_NO_FREE'] = 'Nothing is free in the coming days.';
$MESS['EMIAS_DOCTOR_SLOTS_UNAVAILABLE'] = 'Free times cannot be told now.';
$MESS['EMIAS_DOCTOR_SLOTS_DEGRADED'] = 'As of #MOMENT#; booking on the site is not possible now.';
