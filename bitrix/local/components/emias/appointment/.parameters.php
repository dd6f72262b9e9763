<?php

if (!defined('B_PROLOG_INCLUDED') || B_PROLOG_INCLUDED !== true) {
    die();
}

use Bitrix\Main\Localization\Loc;

$field = static fn (string $name, string $type = 'STRING', string $default = ''): array => [
    'PARENT' => 'BASE',
    'NAME' => Loc::getMessage('EMIAS_APPOINTMENT_PARAM_' . $name),
    'TYPE' => $type,
    'DEFAULT' => $default,
];

$arComponentParameters = [
    'PARAMETERS' => [
        'PHONE' => $field('PHONE'),
        'PORTAL_URL' => $field('PORTAL_URL', 'STRING', 'https://emias.info/'),
        'CONSENT_URL' => $field('CONSENT_URL'),
        'HORIZON_DAYS' => $field('HORIZON_DAYS', 'STRING', '30'),
        'DOCTOR_ID' => $field('DOCTOR_ID'),
        'SHOW_FIND' => $field('SHOW_FIND', 'CHECKBOX', 'Y'),
    ],
];
