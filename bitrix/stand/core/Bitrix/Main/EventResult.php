<?php

declare(strict_types=1);

namespace Bitrix\Main;

final class EventResult
{
    public const SUCCESS = 1;
    public const ERROR = 2;

    public function __construct(
        private readonly int $type,
        public readonly mixed $parameters = null,
        public readonly ?string $module = null,
        private readonly ?object $handler = null,
    ) {
    }

    public function getType(): int
    {
        return $this->type;
    }

    public function getHandler(): ?object
    {
        return $this->handler;
    }
}
