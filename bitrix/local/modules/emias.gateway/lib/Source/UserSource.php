<?php

declare(strict_types=1);

namespace Emias\Gateway\Source;

use Bitrix\Main\UserTable;

/** Doctors as users of the site: those whose field with the institution's code is filled. */
final class UserSource extends RowSource
{
    protected function table(): string
    {
        return UserTable::class;
    }

    protected function filter(): array
    {
        return ['!=' . $this->fields['lpu'] => [null, '']];
    }

    protected function select(): array
    {
        $own = array_filter([$this->fields['lpu'], $this->fields['emias_id'], $this->fields['specialty']]);

        return ['ID', 'XML_ID', 'ACTIVE', 'NAME', 'LAST_NAME', 'SECOND_NAME', 'TIMESTAMP_X', ...array_values($own)];
    }

    protected function name(array $row): string
    {
        $parts = array_map('strval', [$row['LAST_NAME'] ?? '', $row['NAME'] ?? '', $row['SECOND_NAME'] ?? '']);

        return implode(' ', array_filter(array_map('trim', $parts)));
    }

    protected function isActive(array $row): bool
    {
        return Values::isOn($row['ACTIVE'] ?? null);
    }
}
