<?php

if (!defined('B_PROLOG_INCLUDED') || B_PROLOG_INCLUDED !== true) {
    die();
}

use Bitrix\Main\Localization\Loc;

$arComponentDescription = [
    'NAME' => Loc::getMessage('EMIAS_DOCTOR_SLOTS_NAME'),
    'DESCRIPTION' => Loc::getMessage('EMIAS_DOCTOR_SLOTS_DESCRIPTION'),
    'PATH' => ['ID' => 'emias', 'NAME' => Loc::getMessage('EMIAS_DOCTOR_SLOTS_FOLDER')],
    'CACHE_PATH' => 'Y',
];
