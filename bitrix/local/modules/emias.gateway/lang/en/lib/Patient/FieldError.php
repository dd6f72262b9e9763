<?php

$MESS['EMIAS_GATEWAY_FIELD_REQUIRED'] = 'Fill in this field.';
$MESS['EMIAS_GATEWAY_FIELD_TOO_LONG'] = 'The value is too long.';
$MESS['EMIAS_GATEWAY_FIELD_SNILS_FORMAT'] = 'A SNILS has 11 digits, like 112-233-445 95.';
$MESS['EMIAS_GATEWAY_FIELD_SNILS_CHECKSUM'] = 'Check the SNILS: its control number does not match.';
$MESS['EMIAS_GATEWAY_FIELD_ENP_FORMAT'] = 'A policy number has 16 digits, a temporary one 9. For an old policy give its series too.';
$MESS['EMIAS_GATEWAY_FIELD_ENP_CHECKSUM'] = 'Check the OMS policy number: it has a misprint.';
$MESS['EMIAS_GATEWAY_FIELD_OMS_FORMAT'] = 'Check the series and number of the OMS policy.';
