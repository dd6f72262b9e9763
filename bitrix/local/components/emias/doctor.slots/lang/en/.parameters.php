<?php

$MESS['EMIAS_DOCTOR_SLOTS_PARAM_DOCTOR_ID'] = 'ID of the doctor (element of the information block)';
$MESS['EMIAS_DOCTOR_SLOTS_PARAM_BOOKING_URL'] = 'Page with the booking component';
$MESS['EMIAS_DOCTOR_SLOTS_PARAM_COUNT'] = 'How many times to show';
