<?php

$MESS['EMIAS_APPOINTMENT_NAME'] = 'Appointment';
$MESS['EMIAS_APPOINTMENT_DESCRIPTION'] = "Choice of doctor and time, the patient's form, the ticket, finding and cancelling a booking";
$MESS['EMIAS_APPOINTMENT_FOLDER'] = 'EMIAS booking';
