<?php

declare(strict_types=1);

namespace Bitrix\Highloadblock;

use Bitrix\Main\ORM\Data\DataManager;
use Bitrix\Main\ORM\Data\Rows;

final class HighloadBlockTable extends DataManager
{
    public static function getById(int $id): Rows
    {
        return self::getList(['filter' => ['=ID' => $id]]);
    }

    /**
     * @param array<string, mixed> $block
     */
    public static function compileEntity(array $block): object
    {
        return new class ($block) {
            /**
             * @param array<string, mixed> $block
             */
            public function __construct(private readonly array $block)
            {
            }

            public function getDataClass(): string
            {
                return $this->block['CLASS'];
            }

            public function hasField(string $name): bool
            {
                return in_array($name, $this->block['FIELDS'], true);
            }
        };
    }
}
