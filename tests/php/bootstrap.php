<?php

declare(strict_types=1);

use Bitrix\Main\Config\Configuration;
use Bitrix\Main\Loader;
use PHPUnit\Framework\TestCase;

require dirname(__DIR__, 2) . '/bitrix/stand/bootstrap.php';
define('LANGUAGE_ID', 'ru');
define('SITE_ID', 's1');
Configuration::$values = ['crypto' => ['crypto_key' => 'a key of the tests']];
Loader::includeModule('emias.gateway');
foreach (glob(__DIR__ . '/fakes/*.php') as $file) {
    require_once $file;
}
// The real client is driven without PHPUnit, on which the scenes stand.
if (class_exists(TestCase::class)) {
    foreach (glob(__DIR__ . '/scenes/*.php') as $file) {
        require_once $file;
    }
}
