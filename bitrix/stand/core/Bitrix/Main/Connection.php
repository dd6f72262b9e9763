<?php

declare(strict_types=1);

namespace Bitrix\Main;

/** Remembers which tables there are; with a `fault` no index is made. */
final class Connection
{
    /** @var array<string, true> */
    public array $tables = [];
    public ?\Throwable $fault = null;

    public function isTableExists(string $name): bool
    {
        return isset($this->tables[$name]);
    }

    public function dropTable(string $name): void
    {
        unset($this->tables[$name]);
    }

    /**
     * @param list<string> $columns
     */
    public function createIndex(string $table, string $name, array $columns): void
    {
        if ($this->fault !== null) {
            throw $this->fault;
        }
    }
}
