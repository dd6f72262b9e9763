<?php

declare(strict_types=1);

namespace Bitrix\Main\Config;

use Bitrix\Main\Loader;

final class Option
{
    /** @var array<string, array<string, string>> by module */
    public static array $values = [];

    public static function get(string $module, string $name, string $default = ''): string
    {
        return self::$values[$module][$name] ?? self::defaults($module)[$name] ?? $default;
    }

    public static function set(string $module, string $name, string $value): void
    {
        self::$values[$module][$name] = $value;
    }

    public static function delete(string $module): void
    {
        unset(self::$values[$module]);
    }

    /**
     * @return array<string, string>
     */
    private static function defaults(string $module): array
    {
        include Loader::folder($module) . '/default_option.php';

        return ${str_replace('.', '_', $module) . '_default_option'};
    }
}
