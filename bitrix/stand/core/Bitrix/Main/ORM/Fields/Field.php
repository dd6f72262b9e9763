<?php

declare(strict_types=1);

namespace Bitrix\Main\ORM\Fields;

abstract class Field
{
    /**
     * @param array<string, mixed> $parameters
     */
    public function __construct(public readonly string $name, public readonly array $parameters = [])
    {
    }
}
