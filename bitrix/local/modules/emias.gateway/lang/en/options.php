<?php

$MESS['EMIAS_GATEWAY_TAB_SETTINGS'] = 'Settings';
$MESS['EMIAS_GATEWAY_TAB_HEALTH'] = 'Health';
$MESS['EMIAS_GATEWAY_DENIED'] = "Only the site's administrator changes the module's settings.";
$MESS['EMIAS_GATEWAY_SAVE'] = 'Save';
$MESS['EMIAS_GATEWAY_SAVED'] = 'The settings are saved.';
$MESS['EMIAS_GATEWAY_HEALTH_GATEWAY'] = 'Gateway';
$MESS['EMIAS_GATEWAY_HEALTH_EMIAS'] = 'EMIAS';
$MESS['EMIAS_GATEWAY_HEALTH_DOCTORS'] = 'Doctors in the gateway';
$MESS['EMIAS_GATEWAY_HEALTH_LAGGING'] = 'Of these with an old schedule';
$MESS['EMIAS_GATEWAY_HEALTH_OLDEST'] = 'The oldest schedule';
$MESS['EMIAS_GATEWAY_HEALTH_CLOCK'] = "The site's clock minus the gateway's, seconds";
$MESS['EMIAS_GATEWAY_HEALTH_OUTBOX'] = 'Changes waiting to be sent';
$MESS['EMIAS_GATEWAY_HEALTH_OUTBOX_OLDEST'] = 'The oldest of them';
