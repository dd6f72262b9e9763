<?php

declare(strict_types=1);

namespace Bitrix\Main\ORM\Data;

use Bitrix\Main\Application;
use Bitrix\Main\ORM\Fields\ExpressionField;

/** Rows in this process, asked for as the kernel's ORM is: select, filter, order, limit, COUNT and MAX. */
abstract class DataManager
{
    /** @var array<class-string, array<int, array<string, mixed>>> by table and id */
    public static array $rows = [];

    public static function getTableName(): string
    {
        return static::class;
    }

    public static function getEntity(): object
    {
        return new class (static::getTableName()) {
            public function __construct(private readonly string $table)
            {
            }

            public function createDbTable(): void
            {
                Application::getConnection()->tables[$this->table] = true;
            }
        };
    }

    /**
     * @param array<string, mixed> $row
     */
    public static function add(array $row): void
    {
        $id = (int) ($row['ID'] ?? max([0, ...array_keys(self::$rows[static::class] ?? [])]) + 1);
        self::$rows[static::class][$id] = ['ID' => $id] + $row;
    }

    /**
     * @param array<string, mixed> $changes
     */
    public static function update(int $id, array $changes): void
    {
        self::$rows[static::class][$id] = $changes + self::$rows[static::class][$id];
    }

    public static function delete(int $id): void
    {
        unset(self::$rows[static::class][$id]);
    }

    public static function getCount(): int
    {
        return count(self::$rows[static::class] ?? []);
    }

    /**
     * @param array<string, mixed> $query
     */
    public static function getList(array $query = []): Rows
    {
        $rows = array_filter(
            self::$rows[static::class] ?? [],
            static fn (array $row): bool => self::fits($row, $query['filter'] ?? []),
        );
        if (isset($query['runtime'])) {
            return new Rows([self::summed($rows, $query['runtime'])]);
        }
        ksort($rows);

        return new Rows(array_slice(array_values($rows), 0, $query['limit'] ?? null));
    }

    /**
     * @param array<string, mixed> $row
     * @param array<string, mixed> $filter
     */
    private static function fits(array $row, array $filter): bool
    {
        foreach ($filter as $key => $wanted) {
            preg_match('/^([^\w]*)(\w+)$/', $key, $parts);
            $value = self::plain($row[$parts[2]] ?? null);
            $wanted = is_array($wanted) ? array_map(self::plain(...), $wanted) : self::plain($wanted);
            $fits = match ($parts[1]) {
                '=' => $value == $wanted,
                '!=' => !in_array($value, (array) $wanted, true) && $value !== null,
                '>' => $value > $wanted,
                '<' => $value < $wanted,
                '<=' => $value <= $wanted,
                '@' => in_array($value, $wanted),
            };
            if (!$fits) {
                return false;
            }
        }

        return true;
    }

    /**
     * @param array<int, array<string, mixed>> $rows
     * @param list<ExpressionField> $fields
     * @return array<string, mixed>
     */
    private static function summed(array $rows, array $fields): array
    {
        $summed = [];
        foreach ($fields as $field) {
            $values = array_map(self::plain(...), array_column($rows, $field->columns[0]));
            $summed[$field->name] = str_starts_with($field->expression, 'COUNT') ? count($rows) : max([0, ...$values]);
        }

        return $summed;
    }

    private static function plain(mixed $value): mixed
    {
        return is_object($value) && method_exists($value, 'getTimestamp') ? $value->getTimestamp() : $value;
    }
}
