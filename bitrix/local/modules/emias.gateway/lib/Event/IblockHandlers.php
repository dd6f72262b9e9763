<?php

declare(strict_types=1);

namespace Emias\Gateway\Event;

use Bitrix\Main\Config\Option;
use Emias\Gateway\Config\Settings;
use Emias\Gateway\Outbox\OutboxTable;
use Throwable;

/**
 * Notes in the outbox that a doctor changed; never asks the network, never disturbs the editor's save.
 *
 * The fields of the element do not matter: the gateway reads it anew. What importers do with handlers switched off is
 * found by the gateway's regular reading of the whole feed.
 */
final class IblockHandlers
{
    /** The kernel's events and the methods here, as the installer registers them. */
    public const HANDLERS = [
        'OnAfterIBlockElementAdd' => 'onSaved',
        'OnAfterIBlockElementUpdate' => 'onSaved',
        'OnAfterIBlockElementDelete' => 'onDeleted',
        'OnAfterIBlockElementSetPropertyValues' => 'onPropertiesSet',
        'OnAfterIBlockElementSetPropertyValuesEx' => 'onPropertiesSet',
    ];

    /**
     * @param array<string, mixed> $fields
     */
    public static function onSaved(array &$fields): void
    {
        // The event comes after a failed save too.
        if (($fields['RESULT'] ?? false) !== false) {
            self::note((int) ($fields['ID'] ?? 0), (int) ($fields['IBLOCK_ID'] ?? 0), OutboxTable::UPSERT);
        }
    }

    /**
     * @param array<string, mixed> $fields
     */
    public static function onDeleted(array $fields): void
    {
        self::note((int) ($fields['ID'] ?? 0), (int) ($fields['IBLOCK_ID'] ?? 0), OutboxTable::DELETE);
    }

    /**
     * @param int|string $elementId
     * @param int|string $iblockId
     */
    public static function onPropertiesSet($elementId, $iblockId): void
    {
        self::note((int) $elementId, (int) $iblockId, OutboxTable::UPSERT);
    }

    private static function note(int $elementId, int $iblockId, string $kind): void
    {
        $isOurs = Option::get(Settings::MODULE, 'source') === 'iblock'
            && (int) Option::get(Settings::MODULE, 'source_id') === $iblockId;
        if (!$isOurs || $elementId <= 0) {
            return;
        }
        try {
            OutboxTable::note($elementId, $kind);
        } catch (Throwable) {
            // A lost hint is repaired by the next full reading; a failed save of the editor would not be.
        }
    }
}
