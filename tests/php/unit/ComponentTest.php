<?php

declare(strict_types=1);

namespace Tests;

use CBitrixComponent;
use PHPUnit\Framework\TestCase;

final class ComponentTest extends TestCase
{
    public function testThePageIsTheSameForEveryVisitorAndHoldsNoSecret(): void
    {
        $html = CBitrixComponent::make('emias:appointment')->show(['PHONE' => '+7 495 000-00-00']);
        self::assertStringNotContainsString('sessid', $html);
        self::assertStringNotContainsString('egw_', $html);
        self::assertStringContainsString('data-emias-appointment=', $html);
    }

    public function testParametersAreEscapedAndAScriptIsNoLink(): void
    {
        $html = CBitrixComponent::make('emias:appointment')->show([
            'PHONE' => '"><script>alert(1)</script>',
            'PORTAL_URL' => 'javascript:alert(1)',
            'CONSENT_URL' => '//evil.test/',
        ]);
        self::assertStringNotContainsString('<script', $html);
        self::assertStringNotContainsString('javascript:', $html);
        self::assertStringNotContainsString('evil.test', $html);
    }

    public function testBothLanguagesHaveTheSameWords(): void
    {
        $root = dirname(__DIR__, 3) . '/bitrix/local';
        $files = glob("$root/{components/emias/*,components/emias/*/templates/.default,modules/emias.gateway}/lang/ru/", GLOB_BRACE);
        self::assertNotEmpty($files);
        foreach ($files as $folder) {
            $walk = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS));
            foreach ($walk as $file) {
                $english = str_replace('/lang/ru/', '/lang/en/', (string) $file);
                self::assertSame(self::words((string) $file), self::words($english), (string) $file);
            }
        }
    }

    public function testEveryProblemHasItsOwnWords(): void
    {
        $codes = array_keys(json_decode((string) file_get_contents(dirname(__DIR__, 2) . '/vectors/problem_codes.json'), true));
        $template = dirname(__DIR__, 3) . '/bitrix/local/components/emias/appointment/templates/.default';
        $words = self::words("$template/lang/ru/template.php");
        $ofTheSite = ['WrongCall'];
        foreach ($codes as $code) {
            $class = (new \ReflectionClass(\Emias\Gateway\Client\Problems::CLASSES[$code]))->getShortName();
            if (!in_array($class, $ofTheSite, true)) {
                self::assertContains('EMIAS_APPOINTMENT_CODE_' . strtoupper($code), $words);
            }
        }
        foreach (['GATEWAY_UNAVAILABLE', 'SITE_NOT_CONFIGURED', 'OUTCOME_UNKNOWN', 'SITE_UNREACHABLE', 'SITE_ERROR'] as $own) {
            self::assertContains('EMIAS_APPOINTMENT_CODE_' . $own, $words);
        }
    }

    /**
     * @return list<string>
     */
    private static function words(string $file): array
    {
        $MESS = [];
        include $file;

        return array_keys($MESS);
    }
}
