<?php

$MESS['EMIAS_GATEWAY_MODULE_NAME'] = 'Booking through EMIAS';
$MESS['EMIAS_GATEWAY_MODULE_DESCRIPTION'] = 'Booking components, the doctor feed for the gateway, and news of changes.';
$MESS['EMIAS_GATEWAY_INSTALL_TITLE'] = 'Installing the EMIAS booking module';
$MESS['EMIAS_GATEWAY_INSTALLED'] = 'The module is installed. Give the gateway address and the keys in its settings.';
$MESS['EMIAS_GATEWAY_INSTALL_STOPPED'] = 'The module is not installed';
$MESS['EMIAS_GATEWAY_INSTALL_FAILED'] = 'The installation was stopped and everything put back:';
$MESS['EMIAS_GATEWAY_TO_SETTINGS'] = 'Open the settings';
$MESS['EMIAS_GATEWAY_BACK'] = 'Back to the list';
$MESS['EMIAS_GATEWAY_UNINSTALL_TITLE'] = 'Removing the EMIAS booking module';
$MESS['EMIAS_GATEWAY_UNINSTALL_WARNING'] = 'Booking on the site will stop working. The bookings in EMIAS and in the gateway stay.';
$MESS['EMIAS_GATEWAY_KEEP_DATA'] = 'Keep the settings, the keys and the queue of changes';
$MESS['EMIAS_GATEWAY_UNINSTALL'] = 'Remove the module';
$MESS['EMIAS_GATEWAY_UNINSTALLED'] = 'The module is removed.';
$MESS['EMIAS_GATEWAY_NEEDS_PHP'] = 'PHP #PHP# or newer is needed.';
$MESS['EMIAS_GATEWAY_NEEDS_MAIN'] = 'The main module #MAIN# or newer is needed: update the kernel.';
$MESS['EMIAS_GATEWAY_NEEDS_UTF'] = 'A site in UTF-8 is needed.';
$MESS['EMIAS_GATEWAY_NEEDS_CURL'] = 'The PHP extension curl is needed.';
$MESS['EMIAS_GATEWAY_NEEDS_JSON'] = 'The PHP extension json is needed.';
$MESS['EMIAS_GATEWAY_NEEDS_MBSTRING'] = 'The PHP extension mbstring is needed.';
$MESS['EMIAS_GATEWAY_NEEDS_CRYPTO'] = 'The extension openssl and the key crypto.crypto_key in /bitrix/.settings.php are needed: access keys are encrypted with it.';
