<?php

declare(strict_types=1);

namespace Emias\Gateway\Controller;

use Bitrix\Main\DI\ServiceLocator;
use Bitrix\Main\Engine\ActionFilter;
use Bitrix\Main\Engine\Controller;
use Emias\Gateway\Config\Settings;
use Emias\Gateway\Filter\GatewayKey;
use Emias\Gateway\Source\DoctorSource;

/** The doctor list that the gateway mirrors: `emias:gateway.feed.doctors` and `emias:gateway.feed.doctor`. */
final class Feed extends Controller
{
    private const SCHEMA_VERSION = 1;
    private const LARGEST_PAGE = 200;

    /**
     * Tells a page of doctors with greater ids than `after_id`, in the order of ids.
     *
     * @return array<string, mixed>
     */
    public function doctorsAction(int $after_id = 0, int $limit = self::LARGEST_PAGE): array
    {
        $limit = max(1, min($limit, self::LARGEST_PAGE));
        // One more than asked tells whether there is another page.
        $items = $this->source()->after($after_id, $limit + 1);
        $page = array_slice($items, 0, $limit);

        return $this->page($page, $page === [] ? $after_id : (int) end($page)['id'], count($items) > $limit);
    }

    /**
     * Tells one doctor, or an empty list when there is none.
     *
     * @return array<string, mixed>
     */
    public function doctorAction(int $id): array
    {
        return $this->page(array_values(array_filter([$this->source()->one($id)])), $id, false);
    }

    /**
     * @return list<ActionFilter\Base>
     */
    protected function getDefaultPreFilters(): array
    {
        return [
            new GatewayKey($this->service('settings')),
            new ActionFilter\HttpMethod([ActionFilter\HttpMethod::METHOD_GET]),
        ];
    }

    /**
     * @param list<array<string, mixed>> $items
     * @return array<string, mixed>
     */
    private function page(array $items, int $lastId, bool $hasMore): array
    {
        $print = $this->source()->print();

        return [
            'schema_version' => self::SCHEMA_VERSION,
            'snapshot_id' => substr(hash('sha256', (string) json_encode($print)), 0, 16),
            'total' => $print['total'],
            'last_id' => $lastId,
            'has_more' => $hasMore,
            'items' => $items,
        ];
    }

    private function source(): DoctorSource
    {
        return $this->service('doctors');
    }

    private function service(string $name): mixed
    {
        return ServiceLocator::getInstance()->get(Settings::MODULE . '.' . $name);
    }
}
