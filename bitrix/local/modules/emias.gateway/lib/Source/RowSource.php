<?php

declare(strict_types=1);

namespace Emias\Gateway\Source;

use Bitrix\Main\ORM\Fields\ExpressionField;
use Bitrix\Main\Type\Date;

/** Doctors as rows of an ORM table with user fields; a subclass names the table and what is a row's name. */
abstract class RowSource implements DoctorSource
{
    /**
     * @param array{name: string, lpu: string, emias_id: string, specialty: string} $fields
     */
    public function __construct(protected readonly array $fields)
    {
    }

    public function after(int $id, int $limit): array
    {
        return $this->items(['>ID' => $id], $limit);
    }

    public function one(int $id): ?array
    {
        return $this->items(['=ID' => $id], 1)[0] ?? null;
    }

    public function print(): array
    {
        $row = $this->table()::getList([
            'select' => ['TOTAL', 'LAST_ID'],
            'filter' => $this->filter(),
            'runtime' => [
                new ExpressionField('TOTAL', 'COUNT(%s)', ['ID']),
                new ExpressionField('LAST_ID', 'MAX(%s)', ['ID']),
            ],
        ])->fetch() ?: [];

        return ['total' => (int) ($row['TOTAL'] ?? 0), 'last_id' => (int) ($row['LAST_ID'] ?? 0), 'changed_at' => ''];
    }

    /**
     * @return class-string<\Bitrix\Main\ORM\Data\DataManager>
     */
    abstract protected function table(): string;

    /**
     * @return array<string, mixed>
     */
    abstract protected function filter(): array;

    /**
     * @return list<string>
     */
    abstract protected function select(): array;

    /**
     * @param array<string, mixed> $row
     */
    abstract protected function name(array $row): string;

    /**
     * @param array<string, mixed> $row
     */
    abstract protected function isActive(array $row): bool;

    /**
     * @param array<string, int> $filter
     * @return list<array<string, mixed>>
     */
    private function items(array $filter, int $limit): array
    {
        $rows = $this->table()::getList([
            'select' => $this->select(),
            'filter' => $this->filter() + $filter,
            'order' => ['ID' => 'ASC'],
            'limit' => $limit,
        ]);

        return array_map($this->item(...), $rows->fetchAll());
    }

    /**
     * @param array<string, mixed> $row
     * @return array<string, mixed>
     */
    private function item(array $row): array
    {
        $specialty = Values::texts($row[$this->fields['specialty']] ?? null)[0] ?? '';
        $changed = $row['TIMESTAMP_X'] ?? $row['UF_TIMESTAMP'] ?? null;

        return FeedItem::make(
            (int) $row['ID'],
            ((string) ($row['XML_ID'] ?? $row['UF_XML_ID'] ?? '')) ?: null,
            $this->name($row),
            $this->isActive($row),
            $specialty === '' ? null : ['id' => mb_strtolower($specialty), 'name' => $specialty],
            Values::texts($row[$this->fields['lpu']] ?? null),
            Values::texts($row[$this->fields['emias_id']] ?? null),
            (int) ($row['UF_SORT'] ?? 500),
            $changed instanceof Date ? $changed->format('c') : '',
        );
    }
}
