<?php

declare(strict_types=1);

namespace Bitrix\Main\Web;

final class HttpHeaders
{
    /**
     * @param array<string, string> $headers
     */
    public function __construct(private readonly array $headers)
    {
    }

    /**
     * @return list<array{name: string, values: list<string>}>
     */
    public function toArray(): array
    {
        $rows = [];
        foreach ($this->headers as $name => $value) {
            $rows[] = ['name' => $name, 'values' => [$value]];
        }

        return $rows;
    }
}
