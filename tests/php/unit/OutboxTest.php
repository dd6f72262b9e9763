<?php

declare(strict_types=1);

namespace Tests;

use Bitrix\Main\Config\Option;
use Bitrix\Main\DI\ServiceLocator;
use Bitrix\Main\ORM\Data\DataManager;
use Emias\Gateway\Agent\OutboxAgent;
use Emias\Gateway\Client\CircuitBreaker;
use Emias\Gateway\Client\GatewayClient;
use Emias\Gateway\Config\Settings;
use Emias\Gateway\Event\IblockHandlers;
use Emias\Gateway\Outbox\Drain;
use Emias\Gateway\Outbox\OutboxTable;
use PHPUnit\Framework\TestCase;
use Tests\Fakes\Clock;
use Tests\Fakes\FakeTransport;
use Tests\Fakes\MemoryShelf;

final class OutboxTest extends TestCase
{
    private FakeTransport $transport;
    private Clock $clock;
    /** @var list<string> */
    private array $log = [];
    private Drain $drain;

    protected function setUp(): void
    {
        DataManager::$rows = [];
        Option::$values = [];
        (new Settings())->save('source_id', '7');
        $this->transport = new FakeTransport();
        $this->clock = new Clock(time());
        $breaker = new CircuitBreaker(new MemoryShelf(), $this->clock->__invoke(...));
        $client = new GatewayClient($this->transport, $breaker, 'https://gw.test', 'egw_1_s', 'ru');
        $this->drain = new Drain($client, $this->clock->__invoke(...), function (string $line): void {
            $this->log[] = $line;
        });
    }

    public function testEditsOfDoctorsAreNotedAndOthersAreNot(): void
    {
        $saved = ['ID' => 10, 'IBLOCK_ID' => 7, 'RESULT' => true];
        IblockHandlers::onSaved($saved);
        $failed = ['ID' => 11, 'IBLOCK_ID' => 7, 'RESULT' => false];
        IblockHandlers::onSaved($failed);
        $other = ['ID' => 12, 'IBLOCK_ID' => 8, 'RESULT' => true];
        IblockHandlers::onSaved($other);
        IblockHandlers::onPropertiesSet('13', '7');
        IblockHandlers::onDeleted(['ID' => 14, 'IBLOCK_ID' => 7]);
        self::assertSame(
            [[10, 'upsert'], [13, 'upsert'], [14, 'delete']],
            array_map(static fn (array $row): array => [$row['ELEMENT_ID'], $row['KIND']], $this->rows()),
        );
        self::assertSame([], $this->transport->requests);
    }

    public function testEveryHandlerThatIsRegisteredExists(): void
    {
        foreach (IblockHandlers::HANDLERS as $event => $method) {
            self::assertTrue(method_exists(IblockHandlers::class, $method), $event);
        }
    }

    public function testAnElementIsToldOnceWithItsNewestKind(): void
    {
        OutboxTable::note(10, OutboxTable::UPSERT);
        OutboxTable::note(11, OutboxTable::UPSERT);
        OutboxTable::note(10, OutboxTable::DELETE);
        $newest = $this->rows()[2]['UUID'];
        $this->transport->json(202, ['accepted' => 2]);
        self::assertSame(2, $this->drain->run());
        $sent = json_decode((string) $this->transport->last()->body, true)['events'];
        self::assertSame('https://gw.test/v1/bitrix/events', $this->transport->last()->url);
        self::assertSame(['uuid' => $newest, 'element_id' => '10', 'kind' => 'delete'], $sent[0]);
        self::assertSame([[], 0], [$this->rows(), $this->drain->run()]);
    }

    public function testAHundredElementsGoInACall(): void
    {
        foreach (range(1, 150) as $id) {
            OutboxTable::note($id, OutboxTable::UPSERT);
        }
        $this->transport->json(202, [])->json(202, []);
        self::assertSame(150, $this->drain->run());
        self::assertSame([100, 50], array_map(
            static fn ($request): int => count(json_decode((string) $request->body, true)['events']),
            $this->transport->requests,
        ));
    }

    public function testARefusedPushIsRepeatedLaterAndLater(): void
    {
        OutboxTable::note(10, OutboxTable::UPSERT);
        $pauses = [];
        for ($attempt = 0; $attempt < 9; $attempt++) {
            $this->transport->problem('temporarily_unavailable', 503);
            self::assertSame(0, $this->drain->run());
            $pauses[] = $this->rows()[0]['NEXT_AT']->getTimestamp() - $this->clock->now;
            self::assertSame(0, $this->drain->run());
            self::assertCount($attempt + 1, $this->transport->requests);
            $this->clock->now += end($pauses);
        }
        self::assertSame([60, 120, 240, 480, 960, 1920, 3600, 3600, 3600], $pauses);
    }

    public function testWhatIsOlderThanADayIsForgottenWithALine(): void
    {
        OutboxTable::note(10, OutboxTable::UPSERT);
        $this->clock->now += 86_500;
        self::assertSame(0, $this->drain->run());
        self::assertSame([[], ['outbox_dropped: element 10']], [$this->rows(), $this->log]);
    }

    public function testAnEditDuringThePushStaysForTheNextOne(): void
    {
        OutboxTable::note(10, OutboxTable::UPSERT);
        $this->transport->json(202, []);
        $this->drain->run();
        OutboxTable::note(10, OutboxTable::UPSERT);
        self::assertSame(1, Drain::depth()['rows']);
    }

    public function testTheAgentReturnsItsNameWhateverHappens(): void
    {
        $before = ini_set('error_log', '/dev/null');
        ServiceLocator::getInstance()->forget();
        self::assertSame('\\Emias\\Gateway\\Agent\\OutboxAgent::run();', OutboxAgent::run());
        ini_set('error_log', (string) $before);
    }

    /**
     * @return list<array<string, mixed>>
     */
    private function rows(): array
    {
        return OutboxTable::getList(['order' => ['ID' => 'ASC']])->fetchAll();
    }
}
