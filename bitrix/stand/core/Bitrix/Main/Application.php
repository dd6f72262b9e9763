<?php

declare(strict_types=1);

namespace Bitrix\Main;

use Bitrix\Main\Data\ManagedCache;

/** The little of the kernel's application that the module asks for. */
final class Application
{
    private static ?self $instance = null;

    private ManagedCache $cache;
    private Session $session;
    private Connection $connection;

    private function __construct()
    {
        $this->cache = new ManagedCache();
        $this->session = new Session();
        $this->connection = new Connection();
    }

    public static function getInstance(): self
    {
        return self::$instance ??= new self();
    }

    public static function reset(): void
    {
        self::$instance = null;
    }

    public static function getConnection(): Connection
    {
        return self::getInstance()->connection;
    }

    public static function isUtfMode(): bool
    {
        return true;
    }

    public function getManagedCache(): ManagedCache
    {
        return $this->cache;
    }

    public function getSession(): Session
    {
        return $this->session;
    }

    public function getContext(): Context
    {
        return Context::getCurrent();
    }
}
