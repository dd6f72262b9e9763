<?php

declare(strict_types=1);

namespace Emias\Gateway\Outbox;

use Bitrix\Main\Type\DateTime;
use Closure;
use Emias\Gateway\Client\Exception\GatewayException;
use Emias\Gateway\Client\GatewayClient;

/**
 * Tells the gateway what stands in the outbox: once an element, newest kind, at most a hundred elements a call.
 *
 * What is not accepted is told again after 1, 2, 4 … 60 minutes and forgotten after a day, with a line in the log.
 */
final class Drain
{
    private const ROWS = 1000;
    private const EVENTS = 100;
    private const FIRST_PAUSE = 60;
    private const LONGEST_PAUSE = 3600;
    private const KEPT_SECONDS = 86_400;

    /**
     * @param Closure(): int $now
     * @param Closure(string): void $log
     */
    public function __construct(
        private readonly GatewayClient $client,
        private readonly Closure $now,
        private readonly Closure $log,
    ) {
    }

    /** Tells what is due; returns how many elements the gateway took. */
    public function run(): int
    {
        $this->forgetOld();
        $taken = 0;
        foreach (array_chunk($this->due(), self::EVENTS) as $elements) {
            try {
                $this->client->pushEvents(array_map(self::event(...), $elements));
            } catch (GatewayException $refusal) {
                ($this->log)('outbox_not_taken: ' . $refusal->problemCode);
                $this->putOff($elements);

                return $taken;
            }
            array_map(OutboxTable::delete(...), array_merge(...array_column($elements, 'ids')));
            $taken += count($elements);
        }

        return $taken;
    }

    /** Tells how many changes wait, and since when (a Unix time, 0 when none does). */
    public static function depth(): array
    {
        $oldest = OutboxTable::getList(['select' => ['CREATED_AT'], 'order' => ['ID' => 'ASC'], 'limit' => 1])->fetch();

        return [
            'rows' => OutboxTable::getCount(),
            'oldest' => $oldest ? $oldest['CREATED_AT']->getTimestamp() : 0,
        ];
    }

    /**
     * @return list<array{uuid: string, element_id: int, kind: string, attempts: int, ids: list<int>}> by element
     */
    private function due(): array
    {
        $rows = OutboxTable::getList([
            'filter' => ['<=NEXT_AT' => DateTime::createFromTimestamp(($this->now)())],
            'order' => ['ID' => 'ASC'],
            'limit' => self::ROWS,
        ])->fetchAll();
        $elements = [];
        foreach ($rows as $row) {
            $elementId = (int) $row['ELEMENT_ID'];
            $earlier = $elements[$elementId] ?? ['attempts' => 0, 'ids' => []];
            $elements[$elementId] = [
                'uuid' => (string) $row['UUID'],
                'element_id' => $elementId,
                'kind' => (string) $row['KIND'],
                'attempts' => max($earlier['attempts'], (int) $row['ATTEMPTS']),
                'ids' => [...$earlier['ids'], (int) $row['ID']],
            ];
        }

        return array_values($elements);
    }

    /**
     * @param array{uuid: string, element_id: int, kind: string} $element
     * @return array{uuid: string, element_id: string, kind: string}
     */
    private static function event(array $element): array
    {
        return [
            'uuid' => $element['uuid'],
            'element_id' => (string) $element['element_id'],
            'kind' => $element['kind'],
        ];
    }

    /**
     * @param list<array{attempts: int, ids: list<int>}> $elements
     */
    private function putOff(array $elements): void
    {
        foreach ($elements as $element) {
            $pause = min(self::FIRST_PAUSE * 2 ** min($element['attempts'], 10), self::LONGEST_PAUSE);
            $later = DateTime::createFromTimestamp(($this->now)() + $pause);
            foreach ($element['ids'] as $id) {
                OutboxTable::update($id, ['ATTEMPTS' => $element['attempts'] + 1, 'NEXT_AT' => $later]);
            }
        }
    }

    private function forgetOld(): void
    {
        $old = OutboxTable::getList([
            'select' => ['ID', 'ELEMENT_ID'],
            'filter' => ['<CREATED_AT' => DateTime::createFromTimestamp(($this->now)() - self::KEPT_SECONDS)],
            'limit' => self::ROWS,
        ])->fetchAll();
        foreach ($old as $row) {
            OutboxTable::delete((int) $row['ID']);
            ($this->log)('outbox_dropped: element ' . (int) $row['ELEMENT_ID']);
        }
    }
}
