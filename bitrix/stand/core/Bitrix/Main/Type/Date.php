<?php

declare(strict_types=1);

namespace Bitrix\Main\Type;

class Date
{
    protected \DateTimeImmutable $value;

    public function __construct(?string $time = null)
    {
        $this->value = new \DateTimeImmutable($time ?? 'now');
    }

    public static function createFromTimestamp(int $timestamp): static
    {
        return new static(date('c', $timestamp));
    }

    public function getTimestamp(): int
    {
        return $this->value->getTimestamp();
    }

    public function format(string $format): string
    {
        return $this->value->format($format);
    }
}
