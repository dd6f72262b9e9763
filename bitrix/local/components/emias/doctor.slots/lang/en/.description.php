<?php

$MESS['EMIAS_DOCTOR_SLOTS_NAME'] = "A doctor's nearest times";
$MESS['EMIAS_DOCTOR_SLOTS_DESCRIPTION'] = "The nearest free times on a doctor's page, with a link to booking";
$MESS['EMIAS_DOCTOR_SLOTS_FOLDER'] = 'EMIAS booking';
