<?php

declare(strict_types=1);

namespace Emias\Gateway\Source;

use Bitrix\Highloadblock\HighloadBlockTable;
use Bitrix\Main\Loader;
use RuntimeException;

/** Doctors as rows of a highload block; `UF_ACTIVE`, where the block has it, switches a row off. */
final class HighloadSource extends RowSource
{
    /** @var class-string<\Bitrix\Main\ORM\Data\DataManager> */
    private readonly string $table;
    private readonly bool $hasActive;

    /**
     * @param array{name: string, lpu: string, emias_id: string, specialty: string} $fields
     */
    public function __construct(int $blockId, array $fields)
    {
        parent::__construct($fields);
        $block = Loader::includeModule('highloadblock') ? HighloadBlockTable::getById($blockId)->fetch() : false;
        if (!$block) {
            throw new RuntimeException('highload_block_not_found');
        }
        $entity = HighloadBlockTable::compileEntity($block);
        $this->table = $entity->getDataClass();
        $this->hasActive = $entity->hasField('UF_ACTIVE');
    }

    protected function table(): string
    {
        return $this->table;
    }

    protected function filter(): array
    {
        return [];
    }

    protected function select(): array
    {
        return ['*'];
    }

    protected function name(array $row): string
    {
        return (string) ($row[$this->fields['name'] ?: 'UF_NAME'] ?? '');
    }

    protected function isActive(array $row): bool
    {
        return !$this->hasActive || Values::isOn($row['UF_ACTIVE'] ?? null);
    }
}
