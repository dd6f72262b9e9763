<?php

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/core/' . str_replace('\\', '/', $class) . '.php';
    is_file($file) && require_once $file;
});

define('B_PROLOG_INCLUDED', true);
require_once __DIR__ . '/core/functions.php';
