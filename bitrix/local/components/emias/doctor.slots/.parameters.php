<?php

if (!defined('B_PROLOG_INCLUDED') || B_PROLOG_INCLUDED !== true) {
    die();
}

use Bitrix\Main\Localization\Loc;

$field = static fn (string $name, string $default = ''): array => [
    'PARENT' => 'BASE',
    'NAME' => Loc::getMessage('EMIAS_DOCTOR_SLOTS_PARAM_' . $name),
    'TYPE' => 'STRING',
    'DEFAULT' => $default,
];

$arComponentParameters = [
    'PARAMETERS' => [
        'DOCTOR_ID' => $field('DOCTOR_ID', '={$_REQUEST["ELEMENT_ID"]}'),
        'BOOKING_URL' => $field('BOOKING_URL', '/appointment/'),
        'COUNT' => $field('COUNT', '6'),
    ],
];
