<?php

declare(strict_types=1);

namespace Bitrix\Main\Config;

final class Configuration
{
    /** @var array<string, mixed> */
    public static array $values = [];

    public static function getValue(string $name): mixed
    {
        return self::$values[$name] ?? null;
    }
}
