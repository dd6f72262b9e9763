<?php

declare(strict_types=1);

namespace Emias\Gateway\Source;

use Bitrix\Iblock\ElementTable;
use Bitrix\Main\ORM\Fields\ExpressionField;
use Bitrix\Main\Type\DateTime;
use CIBlockElement;
use Closure;

/** Doctors as elements of an information block; the codes of their properties are the module's settings. */
final class IblockSource implements DoctorSource
{
    private const FIELDS = [
        'ID', 'XML_ID', 'NAME', 'ACTIVE', 'ACTIVE_FROM', 'ACTIVE_TO', 'SORT', 'TIMESTAMP_X', 'IBLOCK_SECTION_ID',
    ];

    /**
     * @param array{lpu: string, emias_id: string, specialty: string} $codes codes of properties
     * @param Closure(): int $now
     */
    public function __construct(
        private readonly int $iblockId,
        private readonly array $codes,
        private readonly Specialties $specialties,
        private readonly Closure $now,
    ) {
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
        $row = ElementTable::getList([
            'select' => ['TOTAL', 'LAST_ID', 'CHANGED_AT'],
            'filter' => $this->filter(),
            'runtime' => [
                new ExpressionField('TOTAL', 'COUNT(%s)', ['ID']),
                new ExpressionField('LAST_ID', 'MAX(%s)', ['ID']),
                new ExpressionField('CHANGED_AT', 'MAX(%s)', ['TIMESTAMP_X']),
            ],
        ])->fetch() ?: [];

        return [
            'total' => (int) ($row['TOTAL'] ?? 0),
            'last_id' => (int) ($row['LAST_ID'] ?? 0),
            'changed_at' => (string) ($row['CHANGED_AT'] ?? ''),
        ];
    }

    /**
     * @param array<string, int> $filter
     * @return list<array<string, mixed>>
     */
    private function items(array $filter, int $limit): array
    {
        $rows = ElementTable::getList([
            'select' => self::FIELDS,
            'filter' => $this->filter() + $filter,
            'order' => ['ID' => 'ASC'],
            'limit' => $limit,
        ])->fetchAll();
        $properties = $this->properties(array_map(static fn (array $row): int => (int) $row['ID'], $rows));
        $this->specialties->learn($properties, $rows);

        return array_map(fn (array $row): array => $this->item($row, $properties[(int) $row['ID']] ?? []), $rows);
    }

    /**
     * Elements only: drafts of the workflow are not doctors.
     *
     * @return array<string, mixed>
     */
    private function filter(): array
    {
        return ['=IBLOCK_ID' => $this->iblockId, '=WF_PARENT_ELEMENT_ID' => null];
    }

    /**
     * @param list<int> $ids
     * @return array<int, array<string, array<string, mixed>>> by element id and code
     */
    private function properties(array $ids): array
    {
        $found = array_fill_keys($ids, []);
        $codes = array_values(array_filter($this->codes));
        if ($ids !== [] && $codes !== []) {
            CIBlockElement::GetPropertyValuesArray($found, $this->iblockId, ['ID' => $ids], ['CODE' => $codes]);
        }

        return $found;
    }

    /**
     * @param array<string, mixed> $row
     * @param array<string, array<string, mixed>> $properties
     * @return array<string, mixed>
     */
    private function item(array $row, array $properties): array
    {
        $from = $row['ACTIVE_FROM'] instanceof DateTime ? $row['ACTIVE_FROM']->getTimestamp() : null;
        $to = $row['ACTIVE_TO'] instanceof DateTime ? $row['ACTIVE_TO']->getTimestamp() : null;
        $changed = $row['TIMESTAMP_X'];

        return FeedItem::make(
            (int) $row['ID'],
            ((string) $row['XML_ID']) ?: null,
            (string) $row['NAME'],
            FeedItem::isActive($row['ACTIVE'] === 'Y', $from, $to, ($this->now)()),
            $this->specialties->of($properties[$this->codes['specialty']] ?? [], (int) $row['IBLOCK_SECTION_ID']),
            Values::texts($properties[$this->codes['lpu']]['VALUE'] ?? null),
            Values::texts($properties[$this->codes['emias_id']]['VALUE'] ?? null),
            (int) $row['SORT'],
            $changed instanceof DateTime ? $changed->format('c') : '',
        );
    }
}
