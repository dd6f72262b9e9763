<?php

declare(strict_types=1);

namespace Tests\Fakes;

use Bitrix\Main\Session\SessionInterface;

/** A session in this process; `$saved` counts how often it was written and closed. */
final class MemorySession implements SessionInterface
{
    /** @var array<string, mixed> */
    public array $values = [];
    public int $saved = 0;

    public function getId()
    {
        return 'session-1';
    }

    public function save()
    {
        $this->saved++;
    }

    public function has($name)
    {
        return isset($this->values[$name]);
    }

    public function get($name)
    {
        return $this->values[$name] ?? null;
    }

    public function set($name, $value)
    {
        $this->values[$name] = $value;
    }
}
