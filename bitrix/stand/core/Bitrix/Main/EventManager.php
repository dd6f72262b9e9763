<?php

declare(strict_types=1);

namespace Bitrix\Main;

/** Remembers handlers; with a `limit` the next one beyond it is a fault. */
final class EventManager
{
    private static ?self $instance = null;

    /** @var array<string, string> method by event */
    public array $registered = [];
    public ?int $limit = null;

    public static function getInstance(): self
    {
        return self::$instance ??= new self();
    }

    public function registerEventHandler(string $from, string $event, string $to, string $class, string $method): void
    {
        if (count($this->registered) === $this->limit) {
            throw new \RuntimeException('no more handlers');
        }
        $this->registered["$from:$event"] = "$class::$method";
    }

    public function unRegisterEventHandler(string $from, string $event, string $to, string $class, string $method): void
    {
        unset($this->registered["$from:$event"]);
    }
}
