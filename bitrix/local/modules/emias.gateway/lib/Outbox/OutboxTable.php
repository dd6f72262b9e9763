<?php

declare(strict_types=1);

namespace Emias\Gateway\Outbox;

use Bitrix\Main\ORM\Data\DataManager;
use Bitrix\Main\ORM\Fields\DatetimeField;
use Bitrix\Main\ORM\Fields\IntegerField;
use Bitrix\Main\ORM\Fields\StringField;
use Bitrix\Main\Type\DateTime;

/** Changes of doctors that the gateway has not heard of yet; one row a change, no personal data. */
final class OutboxTable extends DataManager
{
    public const UPSERT = 'upsert';
    public const DELETE = 'delete';

    public static function getTableName(): string
    {
        return 'b_emias_gateway_outbox';
    }

    /**
     * @return list<\Bitrix\Main\ORM\Fields\Field>
     */
    public static function getMap(): array
    {
        return [
            new IntegerField('ID', ['primary' => true, 'autocomplete' => true]),
            new StringField('UUID', ['required' => true, 'size' => 36]),
            new IntegerField('ELEMENT_ID', ['required' => true]),
            new StringField('KIND', ['required' => true, 'size' => 6]),
            new DatetimeField('CREATED_AT', ['required' => true]),
            new IntegerField('ATTEMPTS', ['default_value' => 0]),
            new DatetimeField('NEXT_AT', ['required' => true]),
        ];
    }

    public static function note(int $elementId, string $kind): void
    {
        $now = new DateTime();
        self::add([
            'UUID' => self::uuid(),
            'ELEMENT_ID' => $elementId,
            'KIND' => $kind,
            'CREATED_AT' => $now,
            'ATTEMPTS' => 0,
            'NEXT_AT' => $now,
        ]);
    }

    private static function uuid(): string
    {
        $bytes = random_bytes(16);
        $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x40);
        $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);

        return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
    }
}
