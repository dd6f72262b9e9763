<?php

declare(strict_types=1);

namespace Emias\Gateway\Cache;

use Bitrix\Main\Application;

/** The kernel's managed cache: files, Memcached or Redis, as the site is set up. */
final class BitrixShelf implements Shelf
{
    private const PREFIX = 'emias_gateway_';
    private const TABLE = 'emias_gateway';

    public function read(string $id, int $seconds): ?array
    {
        $found = Application::getInstance()->getManagedCache()->getImmediate($seconds, self::PREFIX . $id, self::TABLE);

        return is_array($found) ? $found : null;
    }

    public function write(string $id, array $value, int $seconds): void
    {
        $cache = Application::getInstance()->getManagedCache();
        // A living entry is not overwritten by setImmediate(), and read() is what opens an entry for writing.
        $cache->clean(self::PREFIX . $id, self::TABLE);
        $cache->read($seconds, self::PREFIX . $id, self::TABLE);
        $cache->setImmediate(self::PREFIX . $id, $value);
    }
}
