<?php

declare(strict_types=1);

namespace Bitrix\Main\ORM\Fields;

final class ExpressionField
{
    /**
     * @param list<string> $columns
     */
    public function __construct(
        public readonly string $name,
        public readonly string $expression,
        public readonly array $columns,
    ) {
    }
}
