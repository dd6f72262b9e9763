<?php

$MESS['EMIAS_GATEWAY_OPTION_GATEWAY_URL'] = 'Gateway address (https://…)';
$MESS['EMIAS_GATEWAY_OPTION_API_KEY'] = "The site's key to the gateway (egw_…)";
$MESS['EMIAS_GATEWAY_OPTION_FEED_KEY'] = "The gateway's key to the doctor feed";
$MESS['EMIAS_GATEWAY_OPTION_FEED_KEY_NEXT'] = 'Second key to the feed (while one is replaced)';
$MESS['EMIAS_GATEWAY_OPTION_SOURCE'] = 'Where doctors are kept';
$MESS['EMIAS_GATEWAY_OPTION_SOURCE_ID'] = 'ID of the information block or highload block';
$MESS['EMIAS_GATEWAY_OPTION_FIELD_NAME'] = 'Field with the name (highload block only)';
$MESS['EMIAS_GATEWAY_OPTION_FIELD_LPU'] = 'Property: code of the institution (LPU)';
$MESS['EMIAS_GATEWAY_OPTION_FIELD_EMIAS_ID'] = "Property: the doctor's id in EMIAS";
$MESS['EMIAS_GATEWAY_OPTION_FIELD_SPECIALTY'] = 'Property: specialty (empty: the section)';
$MESS['EMIAS_GATEWAY_SOURCE_IBLOCK'] = 'Information block';
$MESS['EMIAS_GATEWAY_SOURCE_HIGHLOAD'] = 'Highload block';
$MESS['EMIAS_GATEWAY_SOURCE_USER'] = 'Users of the site';
$MESS['EMIAS_GATEWAY_KEY_SET'] = 'set; a new one replaces it, "-" removes it';
$MESS['EMIAS_GATEWAY_KEY_ABSENT'] = 'not set';
$MESS['EMIAS_GATEWAY_WRONG'] = 'Not saved, the value does not fit: #NAME#';
