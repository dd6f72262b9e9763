<?php

$MESS['EMIAS_APPOINTMENT_PARAM_PHONE'] = 'Telephone of the reception desk';
$MESS['EMIAS_APPOINTMENT_PARAM_PORTAL_URL'] = 'Address of the state booking portal';
$MESS['EMIAS_APPOINTMENT_PARAM_CONSENT_URL'] = 'Page with the consent to the processing of personal data';
$MESS['EMIAS_APPOINTMENT_PARAM_HORIZON_DAYS'] = 'How many days ahead to show (at most 60)';
$MESS['EMIAS_APPOINTMENT_PARAM_DOCTOR_ID'] = "ID of the doctor (on one doctor's page)";
$MESS['EMIAS_APPOINTMENT_PARAM_SHOW_FIND'] = 'Show finding and cancelling of a booking';
