<?php

declare(strict_types=1);

namespace Bitrix\Main;

final class Error implements \JsonSerializable
{
    public function __construct(
        private readonly string $message,
        private readonly int|string $code = 0,
        private readonly mixed $customData = null,
    ) {
    }

    public function getMessage(): string
    {
        return $this->message;
    }

    public function getCode(): int|string
    {
        return $this->code;
    }

    public function getCustomData(): mixed
    {
        return $this->customData;
    }

    public function jsonSerialize(): mixed
    {
        return ['message' => $this->message, 'code' => $this->code, 'customData' => $this->customData];
    }
}
