<?php

declare(strict_types=1);

namespace Bitrix\Main;

final class Event
{
    /** @var list<self> */
    public static array $sent = [];

    /**
     * @param array<string, mixed> $parameters
     */
    public function __construct(
        public readonly string $module,
        public readonly string $type,
        public readonly array $parameters = [],
    ) {
    }

    public function send(): void
    {
        self::$sent[] = $this;
    }
}
