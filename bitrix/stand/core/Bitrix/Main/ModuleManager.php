<?php

declare(strict_types=1);

namespace Bitrix\Main;

final class ModuleManager
{
    /** @var array<string, true> */
    public static array $registered = [];
    public static string $version = '25.0.0';

    public static function registerModule(string $name): void
    {
        self::$registered[$name] = true;
    }

    public static function unRegisterModule(string $name): void
    {
        unset(self::$registered[$name]);
    }

    public static function getVersion(string $name): string
    {
        return self::$version;
    }
}
