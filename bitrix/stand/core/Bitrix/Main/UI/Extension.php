<?php

declare(strict_types=1);

namespace Bitrix\Main\UI;

final class Extension
{
    /** @var list<string> addresses of scripts, in order */
    public static array $scripts = [];

    public static function load(string $name): void
    {
        $file = dirname(__DIR__, 5) . '/local/js/' . str_replace('.', '/', $name) . '/config.php';
        array_push(self::$scripts, ...(include $file)['js']);
    }
}
