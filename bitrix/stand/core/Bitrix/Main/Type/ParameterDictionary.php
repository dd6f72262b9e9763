<?php

declare(strict_types=1);

namespace Bitrix\Main\Type;

final class ParameterDictionary
{
    /**
     * @param array<string, mixed> $values
     */
    public function __construct(private readonly array $values)
    {
    }

    /**
     * @return array<string, mixed>
     */
    public function toArray(): array
    {
        return $this->values;
    }
}
