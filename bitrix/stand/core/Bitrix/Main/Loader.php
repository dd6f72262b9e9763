<?php

declare(strict_types=1);

namespace Bitrix\Main;

use Bitrix\Main\DI\ServiceLocator;

/** Loads modules out of `local/modules`, with their classes as the kernel does it. */
final class Loader
{
    /** @var array<string, bool> */
    private static array $loaded = ['main' => true, 'iblock' => true, 'highloadblock' => true];

    public static function includeModule(string $name): bool
    {
        if (isset(self::$loaded[$name])) {
            return self::$loaded[$name];
        }
        $folder = self::folder($name);
        if (!is_file($folder . '/include.php')) {
            return self::$loaded[$name] = false;
        }
        self::autoload(str_replace('.', '\\', ucwords($name, '.')) . '\\', $folder . '/lib/');
        include_once $folder . '/include.php';
        ServiceLocator::getInstance()->registerByModuleSettings($folder . '/.settings.php');

        return self::$loaded[$name] = true;
    }

    public static function requireModule(string $name): bool
    {
        return self::includeModule($name) || throw new \RuntimeException($name);
    }

    public static function folder(string $module): string
    {
        return dirname(__DIR__, 4) . '/local/modules/' . $module;
    }

    private static function autoload(string $namespace, string $folder): void
    {
        spl_autoload_register(static function (string $class) use ($namespace, $folder): void {
            if (str_starts_with($class, $namespace)) {
                $file = $folder . str_replace('\\', '/', substr($class, strlen($namespace))) . '.php';
                is_file($file) && require_once $file;
            }
        });
    }
}
