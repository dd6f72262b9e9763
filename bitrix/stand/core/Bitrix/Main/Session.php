<?php

declare(strict_types=1);

namespace Bitrix\Main;

use Bitrix\Main\Session\SessionInterface;

/** PHP's own session. */
final class Session implements SessionInterface
{
    public function getId()
    {
        return (string) session_id();
    }

    public function save()
    {
        session_status() === PHP_SESSION_ACTIVE && session_write_close();
    }

    public function has($name)
    {
        return isset($_SESSION[$name]);
    }

    public function get($name)
    {
        return $_SESSION[$name] ?? null;
    }

    public function set($name, $value)
    {
        $_SESSION[$name] = $value;
    }
}
