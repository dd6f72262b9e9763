<?php

declare(strict_types=1);

namespace Tests;

use Bitrix\Highloadblock\HighloadBlockTable;
use Bitrix\Iblock\ElementTable;
use Bitrix\Iblock\SectionTable;
use Bitrix\Main\Config\Option;
use Bitrix\Main\Context;
use Bitrix\Main\DI\ServiceLocator;
use Bitrix\Main\HttpRequest;
use Bitrix\Main\HttpResponse;
use Bitrix\Main\ORM\Data\DataManager;
use Bitrix\Main\Type\DateTime;
use Bitrix\Main\UserTable;
use Emias\Gateway\Config\Settings;
use Emias\Gateway\Controller\Feed;
use Emias\Gateway\Filter\GatewayKey;
use Emias\Gateway\Source\FeedItem;
use PHPUnit\Framework\TestCase;

final class FeedTest extends TestCase
{
    protected function setUp(): void
    {
        DataManager::$rows = [];
        Option::$values = [];
        ServiceLocator::getInstance()->forget();
        $settings = new Settings();
        $settings->save('source_id', '7');
        $settings->keep('feed_key', 'present');
        $settings->keep('feed_key_next', 'next');
    }

    /**
     * @dataProvider keys
     */
    public function testOnlyLivingKeysOpenTheFeed(string $key, bool $opens): void
    {
        [$data, $codes, $status] = $this->ask('doctors', [], $key);
        self::assertSame($opens, $data !== null);
        self::assertSame($opens ? [[], '200 OK'] : [['gateway_key_rejected'], '401 Unauthorized'], [$codes, $status]);
    }

    public static function keys(): array
    {
        return [['present', true], ['next', true], ['', false], ['presen', false], ['PRESENT', false]];
    }

    public function testNoKeyOpensAFeedWithoutKeys(): void
    {
        self::assertFalse(GatewayKey::opens('', []));
    }

    public function testPagesFollowEachOtherById(): void
    {
        foreach (range(1, 5) as $number) {
            $this->element(10 * $number);
        }
        $this->element(60, ['IBLOCK_ID' => 8]);
        $seen = [];
        $after = 0;
        do {
            [$page] = $this->ask('doctors', ['after_id' => (string) $after, 'limit' => '2']);
            array_push($seen, ...array_column($page['items'], 'id'));
            $after = $page['last_id'];
            self::assertSame(5, $page['total']);
        } while ($page['has_more']);
        self::assertSame([10, 20, 30, 40, 50], $seen);
    }

    public function testAnEditChangesTheSnapshotAndALimitIsBounded(): void
    {
        $this->element(10);
        [$before] = $this->ask('doctors', ['limit' => '100000']);
        self::assertFalse($before['has_more']);
        $this->element(10, ['TIMESTAMP_X' => new DateTime('2026-11-23T12:00:00+03:00')]);
        [$after] = $this->ask('doctors');
        self::assertNotSame($before['snapshot_id'], $after['snapshot_id']);
        self::assertSame($before['items'][0]['hash'], $after['items'][0]['hash']);
    }

    public function testAPropertyAloneChangesTheHash(): void
    {
        $this->element(10);
        [$before] = $this->ask('doctor', ['id' => '10']);
        DataManager::$rows[ElementTable::class][10]['PROPERTIES']['EMIAS_DOCTOR_ID']['VALUE'] = ['41999'];
        [$after] = $this->ask('doctor', ['id' => '10']);
        self::assertSame([['lpu_code' => '0101', 'emias_doctor_id' => '41999']], $after['items'][0]['mappings']);
        self::assertNotSame($before['items'][0]['hash'], $after['items'][0]['hash']);
    }

    public function testSeveralInstitutionsArePairedByPlaceAndAMissingHalfIsLeftEmpty(): void
    {
        $this->element(10);
        $properties = &DataManager::$rows[ElementTable::class][10]['PROPERTIES'];
        $properties['LPU_CODE']['VALUE'] = ['0101', '0202'];
        $properties['EMIAS_DOCTOR_ID']['VALUE'] = ' 41001 ';
        [$page] = $this->ask('doctor', ['id' => '10']);
        self::assertSame(
            [['lpu_code' => '0101', 'emias_doctor_id' => '41001'], ['lpu_code' => '0202', 'emias_doctor_id' => '']],
            $page['items'][0]['mappings'],
        );
    }

    public function testADoctorWhoIsNotThereIsAnEmptyList(): void
    {
        [$page] = $this->ask('doctor', ['id' => '404']);
        self::assertSame([[], false], [$page['items'], $page['has_more']]);
    }

    /**
     * @dataProvider dates
     */
    public function testAnElementIsActiveByItsFlagAndItsDates(string $flag, ?string $from, ?string $to, bool $active): void
    {
        $this->element(10, [
            'ACTIVE' => $flag,
            'ACTIVE_FROM' => $from === null ? null : new DateTime($from),
            'ACTIVE_TO' => $to === null ? null : new DateTime($to),
        ]);
        self::assertSame($active, $this->ask('doctor', ['id' => '10'])[0]['items'][0]['active']);
    }

    public static function dates(): array
    {
        return [
            ['Y', null, null, true],
            ['N', null, null, false],
            ['Y', '-1 day', '+1 day', true],
            ['Y', '+1 day', null, false],
            ['Y', null, '-1 minute', false],
        ];
    }

    public function testASpecialtyMayBeALinkOrTheSection(): void
    {
        $this->element(10);
        ElementTable::add(['ID' => 90, 'IBLOCK_ID' => 9, 'NAME' => 'Хирург']);
        SectionTable::add(['ID' => 30, 'NAME' => 'Неврология']);
        $properties = &DataManager::$rows[ElementTable::class][10]['PROPERTIES'];
        $properties['SPECIALTY'] = ['PROPERTY_TYPE' => 'E', 'VALUE' => '90'];
        self::assertSame(['id' => '90', 'name' => 'Хирург'], $this->specialty());
        $properties['SPECIALTY'] = ['PROPERTY_TYPE' => 'S', 'VALUE' => 'Терапевт'];
        self::assertSame(['id' => 'терапевт', 'name' => 'Терапевт'], $this->specialty());
        unset($properties['SPECIALTY']);
        DataManager::$rows[ElementTable::class][10]['IBLOCK_SECTION_ID'] = 30;
        self::assertSame(['id' => '30', 'name' => 'Неврология'], $this->specialty());
    }

    public function testHighloadRowsAndUsersAreSourcesToo(): void
    {
        $settings = new Settings();
        foreach (['field_lpu' => 'UF_LPU', 'field_emias_id' => 'UF_EMIAS', 'field_specialty' => 'UF_SPEC'] as $name => $value) {
            $settings->save($name, $value);
        }
        $settings->save('source', 'highload');
        HighloadBlockTable::add(['ID' => 7, 'CLASS' => HighloadRows::class, 'FIELDS' => ['UF_ACTIVE']]);
        HighloadRows::add(['ID' => 3, 'UF_NAME' => 'Врач', 'UF_ACTIVE' => '0', 'UF_LPU' => '0101', 'UF_EMIAS' => 5, 'UF_SPEC' => 'Хирург']);
        [$page] = $this->ask('doctors');
        self::assertSame([3, 'Врач', false], [$page['items'][0]['id'], $page['items'][0]['name'], $page['items'][0]['active']]);
        self::assertSame([['lpu_code' => '0101', 'emias_doctor_id' => '5']], $page['items'][0]['mappings']);

        $settings->save('source', 'user');
        $name = ['LAST_NAME' => 'Ёлкин', 'NAME' => 'Пётр', 'SECOND_NAME' => ''];
        UserTable::add($name + ['ID' => 4, 'ACTIVE' => 'Y', 'UF_LPU' => '0202', 'UF_EMIAS' => '6']);
        UserTable::add(['ID' => 5, 'ACTIVE' => 'Y', 'LAST_NAME' => 'Редактор', 'UF_LPU' => null]);
        ServiceLocator::getInstance()->forget();
        [$page] = $this->ask('doctors');
        self::assertSame([['Ёлкин Пётр', true]], array_map(
            static fn (array $item): array => [$item['name'], $item['active']],
            $page['items'],
        ));
    }

    public function testWithoutAnInformationBlockTheFeedIsAnErrorAndNotEmpty(): void
    {
        (new Settings())->save('source_id', '');
        [$data, $codes] = $this->ask('doctors');
        self::assertNull($data);
        self::assertCount(1, $codes);
    }

    public function testHashesAreThoseOfTheSharedVectors(): void
    {
        $vectors = json_decode((string) file_get_contents(dirname(__DIR__, 2) . '/vectors/feed_hash.json'), true);
        foreach ($vectors as $vector) {
            self::assertSame($vector['hash'], FeedItem::hash($vector['item']), $vector['why']);
        }
    }

    private function specialty(): ?array
    {
        ServiceLocator::getInstance()->forget();

        return $this->ask('doctor', ['id' => '10'])[0]['items'][0]['specialty'];
    }

    private function element(int $id, array $fields = []): void
    {
        ElementTable::add($fields + [
            'ID' => $id,
            'IBLOCK_ID' => 7,
            'XML_ID' => "doctor-$id",
            'NAME' => 'Ёлкина Вера',
            'ACTIVE' => 'Y',
            'ACTIVE_FROM' => null,
            'ACTIVE_TO' => null,
            'SORT' => 500,
            'TIMESTAMP_X' => new DateTime('2026-11-23T09:00:00+03:00'),
            'IBLOCK_SECTION_ID' => null,
            'PROPERTIES' => [
                'LPU_CODE' => ['PROPERTY_TYPE' => 'S', 'VALUE' => ['0101']],
                'EMIAS_DOCTOR_ID' => ['PROPERTY_TYPE' => 'S', 'VALUE' => ['41001']],
                'SPECIALTY' => ['PROPERTY_TYPE' => 'L', 'VALUE' => 'Терапевт', 'VALUE_ENUM_ID' => '10'],
            ],
        ]);
    }

    /**
     * @return array{?array, list<string>, string} data, codes of errors, HTTP status
     */
    private function ask(string $action, array $query = [], string $key = 'present'): array
    {
        $response = new HttpResponse();
        Context::setCurrent(new Context(new HttpRequest('GET', $query, [], ['x-gateway-key' => $key]), $response));
        $feed = new Feed();
        $data = $feed->run($action, $query);
        $codes = array_map(static fn ($error): string => (string) $error->getCode(), $feed->getErrors());

        return [$data, $codes, $response->status];
    }
}
