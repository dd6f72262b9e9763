<?php

declare(strict_types=1);

namespace Bitrix\Main;

final class EventManager
{
    private static ?self $instance = null;

    /** @var array<string, string> method by event */
    public array $registered = [];

    public static function getInstance(): self
    {
        return self::$instance ??= new self();
    }

    public function registerEventHandler(string $from, string $event, string $to, string $class, string $method): void
    {
        $this->registered["$from:$event"] = "$class::$method";
    }

    public function unRegisterEventHandler(string $from, string $event, string $to, string $class, string $method): void
    {
        unset($this->registered["$from:$event"]);
    }
}
